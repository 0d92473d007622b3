/**
 * main: chaos for the job cluster as a program; filled in by run.
 */
export {}
