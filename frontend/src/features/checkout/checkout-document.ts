// The page's content policy belongs to the document: only one that was asked for at a checkout's
// address may load the gateway's script (docs/adr/0009-the-app-and-its-policy.md). It says so in
// a <meta>; coming here from inside the app, the page has to be loaded anew, once.

const MARK = 'meta[name="counterfoil-checkout"]';
const TRIED = "counterfoil.checkout-document";

/** Whether the gateway may be loaded here; where not yet, load the document anew. */
export function enterCheckoutDocument(reload: () => void = () => location.reload()): boolean {
  const here = location.pathname;
  if (document.querySelector(MARK) !== null) {
    sessionStorage.removeItem(TRIED);
    return true;
  }
  // Served by something that does not mark it (the development server): go on without.
  if (sessionStorage.getItem(TRIED) === here) return true;
  sessionStorage.setItem(TRIED, here);
  reload();
  return false;
}
