/**
 * nodes/joining: how the programs of the system find each other, and whoever looks at them.
 */
import { embeddedRegistrar, type NetworkOptions } from 'troupe'
import type { Flags } from '#traffic/cli/flags'

/** `serves`: it may become the server that the others find each other by. */
export function joiningOf(
  { cookie, registrarPort: port }: Flags,
  serves = true,
): Pick<NetworkOptions, 'cookie' | 'registrar'> {
  const registrar = embeddedRegistrar({ port, serve: serves })
  return { ...(cookie === undefined ? {} : { cookie }), registrar }
}
