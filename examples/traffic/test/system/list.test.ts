/** The list T1 to T28 of what a traffic system promises, shortened; in full: npm run acceptance. */
import { describe } from 'node:test'
import { faultFacts } from '#test/list/faults'
import { hostileFacts } from '#test/list/hostile'
import { loadFacts } from '#test/list/load'
import { packetFacts } from '#test/list/packets'
import { SHORT } from '#test/list/setting'
import { webFacts } from '#test/list/web'

describe('the traffic system keeps, in short', { timeout: 800_000 }, () => {
  packetFacts()
  webFacts()
  faultFacts(SHORT)
  hostileFacts(SHORT)
  loadFacts(SHORT)
})
