/**
 * test/load.acceptance: T19 to T22 at full length: the generator, and a minute each of 5,000 and of
 * 15,000 packets a second, and of questions meanwhile. Under four minutes.
 */
import { describe } from 'node:test'
import { loadFacts } from '#test/list/load'
import { FULL } from '#test/list/setting'

describe('under load the traffic system keeps', { timeout: 280_000 }, () => loadFacts(FULL))
