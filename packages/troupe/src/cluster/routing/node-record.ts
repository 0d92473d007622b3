/**
 * cluster/routing/node-record: what this node knows of another one as a server of one service.
 */

/** Figures of one node of a service, since the start; shared by all uses of the service. */
export class NodeRecord {
  readonly node: string
  pending = 0
  sent = 0
  answered = 0
  failed = 0

  constructor(node: string) {
    this.node = node
  }
}
