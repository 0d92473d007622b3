/**
 * client/auth: the token that goes with every question of a user with a name and a password.
 *
 * Asked for once, however many wait for it, and again when etcd takes it no longer: tokens end
 * when they are not used for a while, with a restart, and with every change of users and roles.
 *
 * @source etcd v3.4 auth/simple_token.go
 */
import { TroupeError } from 'troupe'
import { unary } from './attempt.js'
import type { Calls, Tokens } from './calls.js'
import { methodOf } from './proto.js'

/** Said by an etcd that asks nobody who he is; then no token is needed. */
const OPEN_DOOR = /authentication is not enabled/

export interface User {
  readonly username: string
  readonly password: string
}

export function tokensOf({ username, password }: User, calls: Calls): Tokens {
  let token: string | undefined
  let isKnown = false
  let asking: Promise<string | undefined> | undefined
  const send = unary(methodOf('Auth/Authenticate'), { name: username, password })
  const ask = async (): Promise<string | undefined> => {
    try {
      const call = { operation: 'authenticate', send, repeatable: true, needsToken: false }
      token = (await calls.ask(call)).answer.token
    } catch (thrown) {
      token = undefined
      if (!(TroupeError.is(thrown, 'ETCD_REFUSED') && OPEN_DOOR.test(thrown.message))) {
        isKnown = false
        throw notDone(thrown)
      }
    }
    isKnown = true
    return token
  }
  const fresh = (): Promise<string | undefined> => {
    asking ??= ask().finally(() => {
      asking = undefined
    })
    return asking
  }
  return {
    current: () => (isKnown ? token : fresh()),
    // Whoever comes with one that has been replaced meanwhile takes the new one.
    renew: (refused) => (isKnown && refused !== token ? Promise.resolve(token) : fresh()),
  }
}

/** A question that waited for its token has not been sent. */
function notDone(thrown: unknown): unknown {
  if (!TroupeError.is(thrown, 'ETCD_TIMEOUT')) return thrown
  const { endpoint } = thrown.detail as { readonly endpoint: string }
  const problem = 'it gave no token in time'
  return new TroupeError('ETCD_UNREACHABLE', { endpoints: endpoint, problem })
}
