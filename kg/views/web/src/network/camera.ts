/** Which part of the plane is in view. */

export class Camera {
  x = 0;
  y = 0;
  /** Pixels a unit. */
  scale = 1;
  width = 1;
  height = 1;
  least = 0.001;
  most = 8;

  toScreen(x: number, y: number): [number, number] {
    return [(x - this.x) * this.scale + this.width / 2, (y - this.y) * this.scale + this.height / 2];
  }

  toPlane(x: number, y: number): [number, number] {
    return [(x - this.width / 2) / this.scale + this.x, (y - this.height / 2) / this.scale + this.y];
  }

  pan(dx: number, dy: number): void {
    this.x -= dx / this.scale;
    this.y -= dy / this.scale;
  }

  /** Come nearer by a factor; what is at a place of the screen stays there. */
  zoom(factor: number, x = this.width / 2, y = this.height / 2): void {
    const [px, py] = this.toPlane(x, y);
    this.scale = Math.min(this.most, Math.max(this.least, this.scale * factor));
    this.x = px - (x - this.width / 2) / this.scale;
    this.y = py - (y - this.height / 2) / this.scale;
  }

  /** Bring a part of the plane into view. */
  fit(box: [x0: number, y0: number, x1: number, y1: number], closest = 2.5): void {
    const [x0, y0, x1, y1] = box;
    const margin = Math.min(60, this.width / 10);
    const scale = Math.min((this.width - 2 * margin) / Math.max(x1 - x0, 1), (this.height - 2 * margin) / Math.max(y1 - y0, 1));
    this.scale = Math.min(closest, Math.max(this.least, scale));
    this.x = (x0 + x1) / 2;
    this.y = (y0 + y1) / 2;
  }
}
