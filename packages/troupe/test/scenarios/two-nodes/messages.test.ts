/**
 * Design section 4, sentences 2 to 9, between two nodes: each on the simulated network and on TCP.
 */
import { ACCOUNT_CASES, DIED_CASES } from './accounts.js'
import { CALL_ANSWERS, CALL_DELEGATION, CALL_ENDS, CALL_THROWS, IMPORTANT_CASES } from './calls.js'
import { type Cases, onBothStages } from './cases.js'
import { QUEUE_CASES, SIGNAL_CASES } from './exits.js'
import { MAILBOX_CASES } from './mailboxes.js'
import { ORDER_CASES, SEND_CASES } from './sends.js'
import { FAR_SENTENCES, type MessageSentence } from './sentences.js'

const CASES: Readonly<Record<MessageSentence, Cases>> = {
  queues: QUEUE_CASES,
  signals: SIGNAL_CASES,
  send: SEND_CASES,
  account: ACCOUNT_CASES,
  died: DIED_CASES,
  bounded: MAILBOX_CASES,
  callRejects: CALL_ENDS,
  callThrows: CALL_THROWS,
  answers: CALL_ANSWERS,
  deferred: CALL_DELEGATION,
  important: IMPORTANT_CASES,
  order: ORDER_CASES,
}

for (const [sentence, cases] of Object.entries(CASES)) {
  onBothStages(FAR_SENTENCES[sentence as MessageSentence], cases)
}
