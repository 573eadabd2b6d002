//! What must never happen in a page: errors on its console, unhandled rejections, violations of its policy.

/** Chromium's own sentence for each violation of the policy, which also is an error on the console. */
const REPORT_VIOLATIONS = () => {
  addEventListener("securitypolicyviolation", (e) => {
    console.error(`the page's policy was violated: ${e.violatedDirective} by ${e.blockedURI} in ${e.sourceFile}`);
  });
};

/** Collects the faults of every page of a browser. `expected` are patterns of what a scenario provokes on purpose. */
export class Faults {
  expected = [];
  #seen = [];

  async watch(context) {
    await context.addInitScript(REPORT_VIOLATIONS);
    // Rejections nobody handles are page errors too.
    context.on("weberror", (error) => this.#seen.push(`page error: ${error.error().stack ?? error.error()}`));
    context.on("console", (message) => {
      if (message.type() === "error") this.#seen.push(`console: ${message.text()} (${message.location().url})`);
    });
    context.on("page", (page) => page.on("crash", () => this.#seen.push("the page crashed")));
  }

  get unexpected() {
    return this.#seen.filter((fault) => !this.expected.some((pattern) => pattern.test(fault)));
  }
}
