/** Milliseconds by the clock on the wall: browsers have no other. */
export const now = () => performance.now();
