// What several forms of the sign-in ask for, and what they say of it. The words are asked for when
// they are shown: a schema is made before the language is known.

import * as z from "zod/mini";
import { t } from "@/lib/i18n";

/** What a mailed code looks like. */
export const CODE_EXAMPLE = "ABCD-EFGH";

export const mailedTo = z.email({ error: () => t("Enter the address that the mail came to.") });

export const mailedCode = z
  .string()
  .check(
    z.trim(),
    z.minLength(1, { error: () => t("Enter the code from the mail.") }),
    z.maxLength(32, { error: () => t("A code is shorter than that.") }),
  );

export const newPassword = z
  .string()
  .check(
    z.minLength(10, { error: () => t("The password needs at least 10 characters.") }),
    z.maxLength(128, { error: () => t("A password has at most 128 characters.") }),
  );
