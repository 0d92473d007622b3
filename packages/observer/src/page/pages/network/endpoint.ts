/**
 * page/pages/network/endpoint: an address of a transport as a text. Pure.
 */
import type { TransportAddress } from 'troupe'

/** `tcp host:port`, `unix /path`. */
export const endpoint = ({ transport, host, port, path }: TransportAddress): string =>
  `${transport} ${path === '' ? `${host.includes(':') ? `[${host}]` : host}:${port}` : path}`
