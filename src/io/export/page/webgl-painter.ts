import type { Filter } from "./config.ts";

const VERTEX = `attribute vec2 corner;
varying vec2 place;
void main() {
  place = vec2(0.5 + 0.5 * corner.x, 0.5 - 0.5 * corner.y);
  gl_Position = vec4(corner, 0.0, 1.0);
}`;

/**
 * `sharp` samples so that the edges of pixels are one screen pixel wide at any scale. `tube` adds lines whose
 * width grows with their brightness, a mask of three colours and darker corners.
 */
const FRAGMENT = `precision highp float;
varying vec2 place;
uniform sampler2D picture;
uniform vec2 size;
uniform vec2 target;
uniform float tube;

vec3 sharp(vec2 at) {
  vec2 pixel = at * size;
  vec2 scale = max(target / size, vec2(1.0));
  vec2 inside = fract(pixel);
  vec2 edge = clamp(inside * scale, 0.0, 0.5) + clamp((inside - 1.0) * scale + 0.5, 0.0, 0.5);
  return texture2D(picture, (floor(pixel) + edge) / size).rgb;
}

vec3 line(vec2 at, float row) {
  vec2 middle = vec2(at.x, (row + 0.5) / size.y);
  float near = 0.6 / size.x;
  vec3 color = texture2D(picture, middle).rgb * 0.6;
  color += (texture2D(picture, middle - vec2(near, 0.0)).rgb + texture2D(picture, middle + vec2(near, 0.0)).rgb) * 0.2;
  color *= color;
  float distance = at.y * size.y - (row + 0.5);
  vec3 width = mix(vec3(0.32), vec3(0.52), color);
  return color * exp(-distance * distance / (width * width));
}

vec3 onTube(vec2 at) {
  float row = floor(at.y * size.y - 0.5);
  vec3 color = line(at, row) + line(at, row + 1.0);
  float stripe = mod(gl_FragCoord.x, 3.0);
  vec3 mask = vec3(0.88);
  if (stripe < 1.0) mask.r = 1.15; else if (stripe < 2.0) mask.g = 1.15; else mask.b = 1.15;
  vec2 corner = at * (1.0 - at);
  float shade = pow(clamp(corner.x * corner.y * 22.0, 0.0, 1.0), 0.12);
  return sqrt(color * mask * 1.25) * shade;
}

void main() {
  gl_FragColor = vec4(tube > 0.5 ? onTube(place) : sharp(place), 1.0);
}`;

/**
 * Without a GPU a browser emulates WebGL, which takes half a core for this (measured in Chromium); drawing in
 * 2D takes half as much. `isSoftware` checks the same for browsers that ignore this option.
 */
const OPTIONS: WebGLContextAttributes = {
  alpha: false,
  antialias: false,
  depth: false,
  stencil: false,
  failIfMajorPerformanceCaveat: true,
};

/** Draws pictures with WebGL. */
export class GlPainter {
  readonly #gl: WebGLRenderingContext;
  readonly #size: WebGLUniformLocation | null;
  readonly #target: WebGLUniformLocation | null;
  readonly #tube: WebGLUniformLocation | null;

  private constructor(gl: WebGLRenderingContext, program: WebGLProgram) {
    this.#gl = gl;
    this.#size = gl.getUniformLocation(program, "size");
    this.#target = gl.getUniformLocation(program, "target");
    this.#tube = gl.getUniformLocation(program, "tube");
  }

  /**
   * Returns undefined if the browser has no WebGL, or no GPU for it; the canvas can then still be drawn in
   * 2D.
   */
  static open(canvas: HTMLCanvasElement): GlPainter | undefined {
    // A canvas that had a WebGL context cannot get a 2D one, so another canvas tests whether the program
    // compiles.
    if (compile(document.createElement("canvas")) === undefined) return undefined;
    const ready = compile(canvas);
    return ready === undefined ? undefined : new GlPainter(ready.gl, ready.program);
  }

  paint(image: ImageData, filter: Filter): void {
    const gl = this.#gl;
    const { width, height } = gl.canvas;
    gl.viewport(0, 0, width, height);
    gl.uniform2f(this.#size, image.width, image.height);
    gl.uniform2f(this.#target, width, height);
    gl.uniform1f(this.#tube, filter === "crt" ? 1 : 0);
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, gl.RGBA, gl.UNSIGNED_BYTE, image);
    gl.drawArrays(gl.TRIANGLE_STRIP, 0, 4);
  }
}

interface Ready {
  readonly gl: WebGLRenderingContext;
  readonly program: WebGLProgram;
}

function compile(canvas: HTMLCanvasElement): Ready | undefined {
  const gl = canvas.getContext("webgl", OPTIONS);
  const program = gl?.createProgram();
  if (!gl || !program || isSoftware(gl)) return undefined;
  for (const [kind, source] of [
    [gl.VERTEX_SHADER, VERTEX],
    [gl.FRAGMENT_SHADER, FRAGMENT],
  ] as const) {
    const shader = gl.createShader(kind);
    if (shader === null) return undefined;
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
  }
  gl.linkProgram(program);
  if (gl.getProgramParameter(program, gl.LINK_STATUS) !== true) return undefined;
  prepare(gl, program);
  return { gl, program };
}

/** Renderers that run on the CPU, as the browsers name them. */
const SOFTWARE_RENDERERS = /swiftshader|llvmpipe|softpipe|software|basic render/i;

/** Returns true if WebGL runs on the CPU. Chromium 156 does not report this as a performance caveat. */
function isSoftware(gl: WebGLRenderingContext): boolean {
  // Firefox has the name in RENDERER, and reports the use of the extension as deprecated.
  const named = String(gl.getParameter(gl.RENDERER));
  const extension = /firefox/i.test(navigator.userAgent)
    ? null
    : gl.getExtension("WEBGL_debug_renderer_info");
  const full = extension === null ? "" : String(gl.getParameter(extension.UNMASKED_RENDERER_WEBGL));
  return SOFTWARE_RENDERERS.test(named) || SOFTWARE_RENDERERS.test(full);
}

function prepare(gl: WebGLRenderingContext, program: WebGLProgram): void {
  gl.useProgram(program);
  gl.bindBuffer(gl.ARRAY_BUFFER, gl.createBuffer());
  gl.bufferData(gl.ARRAY_BUFFER, new Float32Array([-1, -1, 1, -1, -1, 1, 1, 1]), gl.STATIC_DRAW);
  const corner = gl.getAttribLocation(program, "corner");
  gl.enableVertexAttribArray(corner);
  gl.vertexAttribPointer(corner, 2, gl.FLOAT, false, 0, 0);
  gl.bindTexture(gl.TEXTURE_2D, gl.createTexture());
  for (const side of [gl.TEXTURE_WRAP_S, gl.TEXTURE_WRAP_T])
    gl.texParameteri(gl.TEXTURE_2D, side, gl.CLAMP_TO_EDGE);
  for (const way of [gl.TEXTURE_MIN_FILTER, gl.TEXTURE_MAG_FILTER])
    gl.texParameteri(gl.TEXTURE_2D, way, gl.LINEAR);
}
