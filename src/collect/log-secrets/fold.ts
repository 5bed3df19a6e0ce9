/** Folding sets this bit in every byte: letters become lower case, and the few other bytes that merge do no harm. */
export const fold = 0x20202020;
