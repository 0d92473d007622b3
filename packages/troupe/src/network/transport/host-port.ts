/**
 * network/transport/host-port: a host and its port as one text, and the host in such a text.
 */

/** `host:port`, or `[host]:port` for IPv6. */
export const addressOf = (host: string, port: number): string =>
  host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`

/** The host in what `addressOf` has written. */
export const hostOf = (address: string): string =>
  address.replace(/:\d+$/, '').replace(/^\[|\]$/g, '')
