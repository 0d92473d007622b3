/**
 * main: the job cluster as programs; filled in by system/.
 */
export {}
