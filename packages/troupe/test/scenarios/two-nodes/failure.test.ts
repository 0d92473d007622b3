/**
 * Design section 4, sentences 11, 12 and 14, between two nodes, and what belongs to them: events
 * and the bus of a node. Each on the simulated network and on TCP.
 */
import { type Cases, onBothStages } from './cases.js'
import { BUS_CASES, EVENT_CASES, RESUBSCRIBE_CASES } from './events.js'
import { ENDED_CASES, EXIT_CASES, KILL_CASES, THROW_CASES, WATCHER_CASES } from './exits.js'
import { LOSS_CASES } from './losses.js'
import { LINK_CASES, MONITOR_CASES } from './relations.js'
import { FAR_SENTENCES, type FailureSentence } from './sentences.js'

const CASES: Readonly<Record<FailureSentence, Cases>> = {
  throws: THROW_CASES,
  exits: EXIT_CASES,
  watchers: { ...WATCHER_CASES, ...ENDED_CASES },
  kill: KILL_CASES,
  links: LINK_CASES,
  monitors: MONITOR_CASES,
  resubscribe: RESUBSCRIBE_CASES,
}

for (const [sentence, cases] of Object.entries(CASES)) {
  onBothStages(FAR_SENTENCES[sentence as FailureSentence], cases)
}
onBothStages('Events of another node are events.', EVENT_CASES)
onBothStages("Nodes that come and go are told on the node's bus.", BUS_CASES)
onBothStages('What is open when the cable is cut ends in exactly one outcome.', LOSS_CASES)
