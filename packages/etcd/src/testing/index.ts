/** testing: a real etcd for tests, and one in memory. */
export {}
