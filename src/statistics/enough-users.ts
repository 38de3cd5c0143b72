/** Below so many users an interval is shown, and nothing is concluded from it. */
export const fewestUsers = 10;

/** Below so many users an interval moves by a good part of its width from one draw of users to the next. */
export const enoughUsers = 30;
