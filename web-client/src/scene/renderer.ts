//! The renderer, made of only those parts of PixiJS that the scene draws with: sprites of baked canvases, batched, added or covering.
//!
//! `WebGLRenderer` itself brings graphics, meshes, masks, filters, text, events, accessibility, extraction and WebGPU's halves
//! of them: nearly twice the bytes before the first picture. The parts come by name from the package's index, which
//! vite.config.ts takes for free of side effects, so that the unnamed ones are left out of the build.

import "pixi.js/unsafe-eval";
import {
  AbstractRenderer,
  BackgroundSystem,
  BatcherPipe,
  BlendModePipe,
  ColorMaskPipe,
  GCSystem,
  GlBatchAdaptor,
  GlBufferSystem,
  GlColorMaskSystem,
  GlContextSystem,
  GlEncoderSystem,
  GlGeometrySystem,
  GlLimitsSystem,
  GlobalUniformSystem,
  GlRenderTargetSystem,
  GlShaderSystem,
  GlStateSystem,
  GlStencilSystem,
  GlTextureSystem,
  GlUniformGroupSystem,
  type RendererConfig,
  RendererType,
  RenderGroupPipe,
  RenderGroupSystem,
  SchedulerSystem,
  SpritePipe,
  ViewSystem,
  type WebGLOptions,
} from "pixi.js";

/** Each is a property of the renderer by its own name. Of equal rank: none needs another before its `init`, which keeps this order. */
const SYSTEMS = [
  BackgroundSystem,
  ViewSystem,
  GCSystem,
  SchedulerSystem,
  GlobalUniformSystem,
  RenderGroupSystem,
  GlContextSystem,
  GlLimitsSystem,
  GlBufferSystem,
  GlTextureSystem,
  GlRenderTargetSystem,
  GlGeometrySystem,
  GlUniformGroupSystem,
  GlShaderSystem,
  GlEncoderSystem,
  GlStateSystem,
  GlStencilSystem,
  GlColorMaskSystem,
];
const PIPES = [BlendModePipe, BatcherPipe, SpritePipe, RenderGroupPipe, ColorMaskPipe];
const ADAPTORS = [GlBatchAdaptor];

const named = (parts: { extension: { name: string } }[]) =>
  parts.map((value) => ({ name: value.extension.name, value }));

export class Renderer extends AbstractRenderer<object, WebGLOptions, HTMLCanvasElement> {
  constructor() {
    const parts = { systems: named(SYSTEMS), renderPipes: named(PIPES), renderPipeAdaptors: named(ADAPTORS) };
    // Each part's options are its own, which the common type of all parts cannot say.
    super({ type: RendererType.WEBGL, name: "webgl", ...parts } as unknown as RendererConfig);
  }
}
