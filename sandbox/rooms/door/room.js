/* Comes in with the pass of the address, says every second that it is here, and shows who else is. */
(() => {
  "use strict";
  const ALONE = "You are the first. Who comes is shown here.";
  const jwt = new URLSearchParams(location.search).get("jwt");
  const [seats, news, since, door] = ["ul.seats", ".news", ".since", "#door"].map((one) => document.querySelector(one));
  let seat = null;
  let names = [];
  let timer;

  const ask = (what, body) =>
    fetch(`${location.pathname}/${what}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
  const write = (element, text) => {
    if (element.textContent !== text) element.textContent = text;
  };
  const hue = (name) => [...name].reduce((sum, letter) => sum + letter.codePointAt(0), 0) % 6;
  const initials = (name) => {
    const words = name.split(/\s+/).filter(Boolean);
    return [words[0], words.length > 1 ? words.at(-1) : ""].map((word) => [...word][0] ?? "").join("").toUpperCase();
  };
  const isHere = (who) => `${who.join(" and ")} ${who.length > 1 ? "are" : "is"} here.`;
  const others = (people) => people.filter((one) => !one.is_you).map((one) => one.name);

  /* Fill the seats in place: one that is there already does not move. */
  function show(people) {
    const order = [...people.filter((one) => one.is_you), ...people.filter((one) => !one.is_you)];
    while (seats.children.length < Math.max(2, order.length)) seats.append(seats.lastElementChild.cloneNode(true));
    while (seats.children.length > Math.max(2, order.length)) seats.lastElementChild.remove();
    [...seats.children].forEach((place, index) => {
      const one = order[index];
      place.dataset.kind = one === undefined ? "empty" : one.is_you ? "you" : "other";
      const [face, name, role] = place.children;
      write(face, one === undefined ? "" : initials(one.name));
      if (one === undefined) delete face.dataset.hue;
      else face.dataset.hue = hue(one.name);
      write(name, one === undefined ? "Nobody else yet" : one.is_you ? `${one.name} (you)` : one.name);
      write(role, one?.is_host ? "Host" : "");
    });
    const here = others(people);
    const came = here.filter((name) => !names.includes(name));
    const went = names.filter((name) => !here.includes(name));
    if (came.length > 0) write(news, isHere(came));
    else if (went.length > 0) write(news, `${went.join(" and ")} left.`);
    else if (news.textContent.endsWith("…")) write(news, here.length > 0 ? isHere(here) : ALONE);
    names = here;
  }

  function outside(text) {
    clearTimeout(timer);
    seat = null;
    names = [];
    write(since, "Outside");
    show([]);
    write(news, text);
    write(door, "Come back");
    door.disabled = false;
  }

  async function enter() {
    door.disabled = true;
    write(news, "Coming in …");
    let answer;
    try {
      answer = await ask("enter", { jwt });
    } catch {
      return outside("No connection. Try to come back in a moment.");
    }
    const told = await answer.json();
    if (!answer.ok) return outside(`${told.error.title}. ${told.error.message}`);
    seat = told.seat;
    const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    const mine = told.people.find((one) => one.is_you);
    write(since, `In the room since ${clock.format(mine.since * 1000)} ${zone.split("/").at(-1).replaceAll("_", " ")}`);
    show(told.people);
    write(door, "Leave");
    door.disabled = false;
    timer = setTimeout(stay, 1000);
  }

  /* Each asks a second after the answer to the one before: a slow network has one of them at a time. */
  async function stay() {
    const mine = seat;
    try {
      const answer = await ask("stay", { seat: mine });
      const told = answer.ok ? await answer.json() : null;
      if (seat !== mine) return;
      if (answer.status === 404) return outside("You are no longer in the room.");
      if (told !== null) show(told.people);
    } catch {
      if (seat !== mine) return;
      write(news, "No connection. Trying again …");
    }
    timer = setTimeout(stay, 1000);
  }

  async function leave() {
    const mine = seat;
    outside("You have left the room. You can close this page.");
    await ask("leave", { seat: mine }).catch(() => {});
  }

  door.addEventListener("click", () => (seat === null ? enter() : leave()));
  window.addEventListener("pagehide", () => {
    if (seat !== null) navigator.sendBeacon(`${location.pathname}/leave`, JSON.stringify({ seat }));
    seat = null;
    clearTimeout(timer);
  });
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) enter();
  });
  enter();
})();
