/** The three programs of the drawing. The camera is a place, pixels a unit, and half of the canvas in pixels. */

const CAMERA = `#version 300 es
precision highp float;
uniform vec2 middle; uniform float scale; uniform vec2 reach;
vec4 seen(vec2 place) { vec2 p = (place - middle) * scale / reach; return vec4(p.x, -p.y, 0.0, 1.0); }
`;

export const NODES = {
  vertex: `${CAMERA}
in vec2 place; in float size; in float kind; in float light;
uniform float ratio; uniform float least;
flat out int number; flat out float dim; flat out float wide;
void main() {
  gl_Position = seen(place);
  wide = clamp(size * (scale < 1.0 ? scale : sqrt(scale)), least, 44.0) * ratio;
  gl_PointSize = wide + 2.0;
  number = int(kind);
  dim = light > 0.5 ? 0.12 : 1.0;
}`,
  fragment: `#version 300 es
precision highp float;
uniform vec3 colours[16]; uniform int shapes[16]; uniform bool hollow[16]; uniform vec3 paper;
flat in int number; flat in float dim; flat in float wide;
out vec4 colour;
float outline(int shape, vec2 p) {
  vec2 a = abs(p);
  if (shape == 0) return length(p) - 0.85;
  if (shape == 1) return (a.x + a.y - 1.0) * 0.707;
  if (shape == 2) return max(a.x, a.y) - 0.75;
  if (shape == 3) {
    float part = 1.2566371;
    float turn = mod(atan(p.x, -p.y) + part / 2.0, part) - part / 2.0;
    return (length(p) - mix(1.0, 0.42, abs(turn) / (part / 2.0))) * 0.7;
  }
  if (shape == 4) return max(p.y - 0.75, dot(vec2(a.x, p.y + 1.0), vec2(0.868, -0.496)));
  if (shape == 5) return max(-p.y - 0.75, dot(vec2(a.x, 1.0 - p.y), vec2(0.868, -0.496)));
  return max(a.y, a.x * 0.866 + a.y * 0.5) - 0.85;
}
void main() {
  vec3 own = colours[number];
  if (wide < 3.5) { colour = vec4(own, 1.0) * dim; return; }
  float d = outline(shapes[number], (gl_PointCoord * 2.0 - 1.0) * (1.0 + 2.0 / wide)) * wide / 2.0;
  float inside = clamp(0.5 - d, 0.0, 1.0);
  if (inside <= 0.0) discard;
  float core = clamp(-0.5 - d - (hollow[number] ? max(1.5, wide * 0.12) : 0.0), 0.0, 1.0);
  vec3 shown = hollow[number] ? mix(own, paper, core) : mix(mix(own, paper, 0.6), own, core);
  colour = vec4(shown, 1.0) * inside * dim;
}`,
};

export const LINES = {
  vertex: `${CAMERA}
in vec2 place;
void main() { gl_Position = seen(place); }`,
  fragment: `#version 300 es
precision mediump float;
uniform vec4 ink;
out vec4 colour;
void main() { colour = vec4(ink.rgb * ink.a, ink.a); }`,
};

/** Corners of the polygon that stands for a disc: in software it is filled several times as fast as a true one. */
export const CORNERS = 48;

export const DISCS = {
  vertex: `${CAMERA}
in vec3 disc;
void main() {
  float turn = float(gl_VertexID) * 6.2831853 / ${CORNERS}.0;
  gl_Position = seen(disc.xy + disc.z * vec2(cos(turn), sin(turn)));
}`,
  fragment: LINES.fragment,
};
