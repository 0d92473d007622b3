/**
 * ports/definition: a port as what `spawn` takes.
 */
import { type AnyProtocol, type Behaviour, behaviourOf, type Spawnable } from '#contract'

/** The behaviour of a port, without what all ports share. */
export type PortBehaviour<S> = Omit<Behaviour<S>, 'kind'>

/** A port that speaks `P` and is spawned with `A`; of its state nobody else knows. */
export function definePort<P extends AnyProtocol, A extends readonly unknown[], S>(
  behaviour: PortBehaviour<S>,
): Spawnable<P, A> {
  const port: Behaviour<S> = Object.freeze({ ...behaviour, kind: 'port' as const })
  return Object.freeze({ [behaviourOf]: port as unknown as Behaviour<never> })
}
