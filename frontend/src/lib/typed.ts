// What a person typed and the server does not have yet, kept over a reload of this tab.

const PREFIX = "counterfoil.typed:";

export const typed = {
  read: (name: string): string => sessionStorage.getItem(PREFIX + name) ?? "",

  keep(name: string, text: string): void {
    if (text === "") sessionStorage.removeItem(PREFIX + name);
    else sessionStorage.setItem(PREFIX + name, text);
  },

  /** Who signs out leaves nothing behind for whoever is next at this machine. */
  forget(): void {
    for (const name of Object.keys(sessionStorage)) {
      if (name.startsWith(PREFIX)) sessionStorage.removeItem(name);
    }
  },
};
