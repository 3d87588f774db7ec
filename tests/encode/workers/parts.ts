/** What the obedient worker does at which quality; at any other it answers with that number as its only byte. */
export const QUALITY = { throws: 1, exits: 2, hangs: 3, refuses: 4 } as const;

/** The last words of the stillborn worker. */
export const LAST_WORDS = "dead on arrival";
