/**
 * contract/transport-address: `tcp://host:port`, `tls://host:port`, `unix:/path` as an address.
 */
import { requireOption } from './limits.js'
import type { TransportAddress } from './transport.js'

/** Reads one address. Throws OPTION_INVALID that names `option`. */
export function parseAddress(text: string, option = 'peers'): TransportAddress {
  const unix = /^unix:(\/.+)$/.exec(text)
  if (unix !== null) return { transport: 'unix', host: '', port: 0, path: unix[1] as string }
  const [, transport = '', hostText = '', portText = ''] =
    /^([a-z]+):\/\/(\[[0-9a-fA-F:.]+\]|[^:/[\]]+):(\d{1,5})$/.exec(text) ?? []
  const port = Number(portText)
  const holds = transport !== '' && port >= 1 && port <= 65_535
  requireOption(holds, option, text, 'give tcp://host:port, tls://host:port or unix:/path')
  return { transport, host: hostText.replace(/^\[|\]$/g, ''), port, path: '' }
}
