/**
 * cluster/routing/node-record: what this node knows of another one as a server of one service.
 */
import { type Breaker, CLOSED } from './breaker.js'

/** Figures of one node of a service, since the start; shared by all uses of the service. */
export class NodeRecord {
  readonly node: string
  breaker: Breaker = CLOSED
  pending = 0
  sent = 0
  answered = 0
  failed = 0

  constructor(node: string) {
    this.node = node
  }
}
