import { expect, test, vi } from "vitest";
import { breath, inIdleMoments } from "@/lib/idle";

test("everything is done, in order, and never in the present moment", async () => {
  const did: number[] = [];
  const done = vi.fn();
  inIdleMoments([1, 2, 3], (one) => did.push(one), done);
  expect(did).toEqual([]);
  await vi.waitFor(() => expect(done).toHaveBeenCalledOnce());
  expect(did).toEqual([1, 2, 3]);
});

test("long work is done in several pieces", async () => {
  const pieces: number[] = [];
  let piece = 0;
  const done = vi.fn();
  const busy = (ms: number) => {
    const until = performance.now() + ms;
    while (performance.now() < until);
  };
  setTimeout(function count() {
    piece += 1;
    if (done.mock.calls.length === 0) setTimeout(count);
  });
  inIdleMoments([1, 2, 3, 4], () => (busy(5), pieces.push(piece)), done);
  await vi.waitFor(() => expect(done).toHaveBeenCalledOnce());
  expect(new Set(pieces).size).toBeGreaterThan(1);
});

test("what is stopped does nothing more", async () => {
  const did: number[] = [];
  const done = vi.fn();
  inIdleMoments([1, 2, 3], (one) => did.push(one), done)();
  await new Promise((resolve) => setTimeout(resolve, 60));
  expect(did).toEqual([]);
  expect(done).not.toHaveBeenCalled();
});

test("a breath is a task of its own", async () => {
  const seen: string[] = [];
  const drawn = breath().then(() => seen.push("after"));
  void Promise.resolve().then(() => seen.push("before"));
  await drawn;
  expect(seen).toEqual(["before", "after"]);
});
