// Every address that the app links to. Knows no router: these are plain strings.

type Query = Record<string, string | number | undefined | null>;

function withQuery(path: string, query: Query = {}): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== null && value !== "") search.set(name, String(value));
  }
  const text = search.toString();
  return text === "" ? path : `${path}?${text}`;
}

const part = encodeURIComponent;

export const paths = {
  home: () => "/app",
  login: (query: { next?: string; email?: string } = {}) => withQuery("/app/login", query),
  register: (query: { next?: string; email?: string; role?: "client" | "mentor" } = {}) =>
    withQuery("/app/register", query),
  verify: (query: { next?: string; email?: string } = {}) => withQuery("/app/verify", query),
  forgot: (query: { email?: string } = {}) => withQuery("/app/forgot", query),
  reset: (query: { email?: string } = {}) => withQuery("/app/reset", query),
  mentors: (query: Query = {}) => withQuery("/app/mentors", query),
  mentor: (slug: string) => `/app/mentors/${part(slug)}`,
  book: (slug: string, query: { type?: string; date?: string; tz?: string } = {}) =>
    withQuery(`/app/mentors/${part(slug)}/book`, query),
  sessions: (query: { when?: "upcoming" | "past" } = {}) => withQuery("/app/sessions", query),
  session: (id: string) => `/app/sessions/${part(id)}`,
  series: (id: string) => `/app/series/${part(id)}`,
  move: (id: string) => `/app/sessions/${part(id)}/move`,
  pay: (id: string) => `/app/sessions/${part(id)}/pay`,
  done: (id: string) => `/app/sessions/${part(id)}/done`,
  /** `from`: the session whose wish at its booking is to become a goal. */
  goals: (query: { which?: "reached"; from?: string } = {}) => withQuery("/app/goals", query),
  goal: (id: string) => `/app/goals/${part(id)}`,
  /** Those that the reader bought; `bought`: the one that was paid for just now. */
  packages: (query: { bought?: string } = {}) => withQuery("/app/packages", query),
  /** To pay for a package that a mentor offers. */
  buyPackage: (slug: string, offer: string) => `/app/mentors/${part(slug)}/packages/${part(offer)}`,
  payments: () => "/app/payments",
  payment: (id: string) => `/app/payments/${part(id)}`,
  /** A mentor's own. */
  profile: (query: { tab?: "offers" | "selling" } = {}) => withQuery("/app/profile", query),
  /** When a mentor can be booked, what comes of it, and calendars from and for elsewhere. */
  availability: (query: { tab?: "seen" | "calendars" } = {}) =>
    withQuery("/app/availability", query),
  /** To apply to be a mentor, and where the application stands. */
  apply: () => "/app/apply",
  reviews: (query: { which?: "all" } = {}) => withQuery("/app/reviews", query),
  /** A mentor's own money. */
  earnings: () => "/app/earnings",
  statements: () => "/app/earnings/statements",
  statement: (id: string) => `/app/earnings/statements/${part(id)}`,
  messages: () => "/app/messages",
  conversation: (id: string) => `/app/messages/${part(id)}`,
  /** To a mentor, or to the other person of a session. */
  write: (to: { mentor: string } | { session: string }) => withQuery("/app/messages/new", to),
  social: () => "/app/social",
  undoEmail: () => "/app/undo-email",
  personSettings: () => "/app/settings/you",
  signInSettings: () => "/app/settings/sign-in",
  emailSettings: () => "/app/settings/emails",
  /** Where the mails about an export or an erasure lead. */
  dataSettings: () => "/app/settings/data",
  /** Pages of the public site, outside the app: link to them with a plain <a>. */
  public: {
    home: () => "/",
    mentors: () => "/mentors/",
    mentor: (slug: string) => `/mentors/${part(slug)}/`,
  },
} as const;

const INSIDE = "https://inside.invalid";

/** The wish that `?next=` carries, if it is a page of the app; else the dashboard. */
export function safeNext(next: string | null): string {
  if (next?.startsWith("/") !== true || !URL.canParse(next, INSIDE)) return paths.home();
  const url = new URL(next, INSIDE);
  const inApp = url.pathname === "/app" || url.pathname.startsWith("/app/");
  if (url.origin !== INSIDE || !inApp) return paths.home();
  return url.pathname + url.search + url.hash;
}
