/**
 * health/protocol: how a process says that it is well.
 */
import { message, protocol, request } from 'troupe'

/** What Kubernetes asks: restart it? send it traffic? has it started? */
export type Probe = 'live' | 'ready' | 'startup'

/** A signal that its process answers for. */
export interface SignalRegistration {
  /** At most 255 characters. */
  readonly signal: string
  /** Which probes fail while it is down; default `['live']`. */
  readonly probes?: readonly Probe[]
  /** Longest time without a heartbeat, in milliseconds; default none is asked for. */
  readonly timeoutMs?: number
}

/** What the process `health` understands. */
export const healthProtocol = protocol('troupe.health', {
  /**
   * From now on the calling process answers for a signal, which is up. Its end is the signal's
   * being down. OPTION_INVALID; NAME_TAKEN while another process answers for it.
   */
  register: request<SignalRegistration, void>(),
  /** Forgets a signal; false when there is none. NAME_TAKEN when it is another's. */
  unregister: request<string, boolean>(),
  /** It is well; one that was down is up again. */
  heartbeat: message<string>(),
  up: message<string>(),
  /** It is not well, until `up` or a heartbeat. */
  down: message<string>(),
})
