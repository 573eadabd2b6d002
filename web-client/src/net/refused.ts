//! Something was not done: a refusal that can be thrown.

import type { Refusal, RefusalCode } from "../protocol/generated";

/** Thrown and rejected with throughout the engine; its `text` is a sentence for the person. */
export class Refused extends Error implements Refusal {
  readonly code: RefusalCode;
  readonly text: string;
  readonly retry_after_ms?: number;

  constructor(refusal: Refusal) {
    super(refusal.text);
    this.name = "Refused";
    this.code = refusal.code;
    this.text = refusal.text;
    if (refusal.retry_after_ms !== undefined) this.retry_after_ms = refusal.retry_after_ms;
  }
}
