// What the browser has to do for a passkey: the API's JSON in, the API's JSON out.

import type { NewCredentialIn, ShownCredentialIn } from "@/lib/api-types";

const BARE_ADDRESS = /^(?:\d+\.){3}\d+$|^\[/;

/**
 * Whether this browser makes passkeys here: every current one does, over https or at localhost,
 * and none for a bare address.
 */
export function knowsPasskeys(): boolean {
  return (
    !BARE_ADDRESS.test(location.hostname) &&
    typeof PublicKeyCredential !== "undefined" &&
    "parseCreationOptionsFromJSON" in PublicKeyCredential
  );
}

/** Have the person make a passkey. Throws DOMException where they close the browser's window. */
export async function makePasskey(options: unknown): Promise<NewCredentialIn> {
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(
    options as PublicKeyCredentialCreationOptionsJSON,
  );
  return picked(await navigator.credentials.create({ publicKey })) as NewCredentialIn;
}

/** Have the person show a passkey. */
export async function showPasskey(options: unknown): Promise<ShownCredentialIn> {
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(
    options as PublicKeyCredentialRequestOptionsJSON,
  );
  return picked(await navigator.credentials.get({ publicKey })) as ShownCredentialIn;
}

/** Whether the person has closed the browser's window: nothing went wrong. */
export function wasClosed(error: unknown): boolean {
  return error instanceof DOMException && ["NotAllowedError", "AbortError"].includes(error.name);
}

// Browsers add members that the API does not know and refuses: what it reads is picked.
const RESPONSE = [
  "clientDataJSON",
  "attestationObject",
  "authenticatorData",
  "signature",
  "userHandle",
] as const;

type Whole = {
  id: string;
  rawId: string;
  authenticatorAttachment?: string | null;
  clientExtensionResults?: { credProps?: { rk?: boolean } };
  response: Record<string, unknown>;
};

function picked(credential: Credential | null): unknown {
  if (!(credential instanceof PublicKeyCredential)) {
    throw new DOMException("no passkey", "NotAllowedError");
  }
  const whole = credential.toJSON() as Whole;
  const making = "attestationObject" in whole.response;
  const kept = making ? (["clientDataJSON", "attestationObject"] as const) : RESPONSE;
  const rk = whole.clientExtensionResults?.credProps?.rk;
  return {
    id: whole.id,
    rawId: whole.rawId,
    type: "public-key",
    authenticatorAttachment: whole.authenticatorAttachment ?? null,
    clientExtensionResults: rk === undefined ? {} : { credProps: { rk } },
    response: Object.fromEntries(
      kept
        .filter((name) => typeof whole.response[name] === "string")
        .map((name) => [name, whole.response[name]]),
    ),
  };
}
