// What other times may be proposed, as the server has it.

export const MOST_STARTS = 3;
export const LONGEST_WORDS = 500;
