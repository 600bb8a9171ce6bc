/**
 * Many faint lines over a picture, drawn without the help of a graphics processor.
 *
 * Where no graphics processor helps, a canvas takes a third of a second for 15,000 of them, one at a time; here each
 * takes as long as it has pixels. The edges are smooth as X. Wu has them (An efficient antialiasing technique.
 * SIGGRAPH 1991), for lines of any width.
 */
import { rgb } from "./painter";

export class Veil {
  /** The share of what lies below that is seen through the lines, for each pixel. */
  private readonly through: Float32Array;

  constructor(readonly width: number, readonly height: number) {
    this.through = new Float32Array(width * height).fill(1);
  }

  /** Lay a line over what was laid before; all numbers but `alpha` are pixels. */
  line(x0: number, y0: number, x1: number, y1: number, wide: number, alpha: number): void {
    if (Math.abs(y1 - y0) > Math.abs(x1 - x0)) this.walk(y0, x0, y1, x1, { wide, alpha, steep: true });
    else this.walk(x0, y0, x1, y1, { wide, alpha, steep: false });
  }

  /** Go along the axis on which the line is longer, `a`, and cover the pixels that it touches across, on `b`. */
  private walk(a0: number, b0: number, a1: number, b1: number, how: { wide: number; alpha: number; steep: boolean }): void {
    const { through, width, height } = this;
    const { alpha, steep } = how;
    const slope = a1 === a0 ? 0 : (b1 - b0) / (a1 - a0);
    const reach = (how.wide / 2) * Math.hypot(1, slope) + 0.5;
    const [low, high] = [Math.min(a0, a1), Math.max(a0, a1)];
    const [last, across] = steep ? [height - 1, width - 1] : [width - 1, height - 1];
    const [step, side] = steep ? [width, 1] : [1, width];
    for (let a = Math.max(0, Math.ceil(low - 0.5)); a <= Math.min(last, high - 0.5); a++) {
      const middle = b0 + slope * (a + 0.5 - a0) - 0.5;
      for (let b = Math.max(0, Math.ceil(middle - reach)); b <= Math.min(across, middle + reach); b++) {
        through[a * step + b * side] *= 1 - alpha * Math.min(1, reach - Math.abs(b - middle));
      }
    }
  }

  /** Lay all of it over a picture of the same size, and take it off here. */
  over(picture: ImageData, colour: string): void {
    const { through } = this;
    const ink = rgb(colour).map((share) => 255 * share);
    for (let i = 0; i < through.length; i++) {
      const share = through[i];
      if (share === 1) continue;
      for (let c = 0; c < 3; c++) picture.data[4 * i + c] = ink[c] + (picture.data[4 * i + c] - ink[c]) * share;
    }
    through.fill(1);
  }
}
