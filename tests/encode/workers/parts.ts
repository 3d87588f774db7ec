/**
 * What the obedient worker does at which quality; at any other it answers with that number as its only byte. Where it
 * waits, it does so until the first four shared pixels, as a number, are no longer 0.
 */
export const QUALITY = { throws: 1, exits: 2, hangs: 3, refuses: 4, deafens: 5, waits: 6 } as const;

/** The last words of the stillborn worker. */
export const LAST_WORDS = "dead on arrival";

/** What the obedient worker writes into the first shared pixel before it goes deaf … */
export const DEAF_MARK = 77;
/** … and how long it then hears nothing, not even that it is to end, milliseconds. */
export const DEAF_MS = 900;

/** First pixels of frames of which the mortal worker dies. */
export const DEADLY = { exits: 251, throws: 252, rejects: 253 } as const;
