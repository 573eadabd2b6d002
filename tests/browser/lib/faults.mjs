//! What must never happen in a page: errors and warnings on its console, unhandled rejections, requests that fail, violations of
//! its policy.

/** Chromium's own sentence for each violation of the policy, which also is an error on the console. */
const REPORT_VIOLATIONS = () => {
  addEventListener("securitypolicyviolation", (e) => {
    console.error(`the page's policy was violated: ${e.violatedDirective} by ${e.blockedURI} in ${e.sourceFile}`);
  });
};

/** Warnings that are Chromium's about this machine, not ours: it draws by software, and says so. */
const CHROMIUMS_OWN = [/GL Driver Message/, /WebGL: .*software/i, /Automatic fallback to software WebGL/];
/** What a page that is left, or takes its own question back, ends: no failure. */
const TAKEN_BACK = "net::ERR_ABORTED";

/** Collects the faults of every page of a browser. `expected` are patterns of what a scenario provokes on purpose. */
export class Faults {
  expected = [];
  #seen = [];

  async watch(context) {
    await context.addInitScript(REPORT_VIOLATIONS);
    // Rejections nobody handles are page errors too.
    context.on("weberror", (error) => this.#seen.push(`page error: ${error.error().stack ?? error.error()}`));
    context.on("console", (message) => {
      if (!["error", "warning"].includes(message.type())) return;
      if (CHROMIUMS_OWN.some((own) => own.test(message.text()))) return;
      this.#seen.push(`console ${message.type()}: ${message.text()} (${message.location().url})`);
    });
    context.on("requestfailed", (request) => {
      const why = request.failure()?.errorText ?? "no reason given";
      if (why !== TAKEN_BACK && ours(request)) this.#seen.push(`request failed: ${why} ${request.url()}`);
    });
    context.on("page", (page) => page.on("crash", () => this.#seen.push("the page crashed")));
  }

  get unexpected() {
    return this.#seen.filter((fault) => !this.expected.some((pattern) => pattern.test(fault)));
  }
}

/** Whether a page asked its own origin, or was itself asked for. */
function ours(request) {
  if (request.isNavigationRequest()) return true;
  return new URL(request.url()).origin === new URL(request.frame().url()).origin;
}
