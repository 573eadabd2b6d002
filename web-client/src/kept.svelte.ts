//! A switch that one sets once for this browser: kept in localStorage, and reactive. Works without storage too.

export interface Switch {
  on: boolean;
}

/** The switch of that name; `first` is how it stands before anybody touched it. */
export function keptSwitch(name: string, first: boolean): Switch {
  const key = `musicpark.${name}`;
  let on = $state(read(key) ?? first);
  return {
    get on() {
      return on;
    },
    set on(wanted: boolean) {
      on = wanted;
      try {
        localStorage.setItem(key, wanted ? "yes" : "no");
      } catch {
        // Storage is switched off: it holds until the page is left.
      }
    },
  };
}

function read(key: string): boolean | null {
  try {
    const kept = localStorage.getItem(key);
    return kept === null ? null : kept === "yes";
  } catch {
    return null;
  }
}
