// A stream of events that a test speaks through: jsdom has none.

import { waitFor } from "@testing-library/react";
import { vi } from "vitest";

export class Source extends EventTarget {
  static opened: Source[] = [];
  static #taken = 0;

  /** Have every EventSource of this test be one of these. */
  static install(): void {
    Source.opened = [];
    Source.#taken = 0;
    vi.stubGlobal("EventSource", Source);
  }

  /** The next stream that the page opens. */
  static async next(): Promise<Source> {
    const place = Source.#taken++;
    return await waitFor(() => {
      const source = Source.opened[place];
      if (source === undefined) throw new Error("No stream was opened.");
      return source;
    });
  }

  readonly url: string;
  closed = false;

  constructor(url: string | URL) {
    super();
    this.url = String(url);
    Source.opened.push(this);
  }

  says(kind: string, id: number, data: unknown): void {
    this.dispatchEvent(
      new MessageEvent(kind, { data: JSON.stringify(data), lastEventId: String(id) }),
    );
  }

  breaks(): void {
    this.dispatchEvent(new Event("error"));
  }

  close(): void {
    this.closed = true;
  }
}
