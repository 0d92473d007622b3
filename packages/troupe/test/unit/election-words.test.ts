/**
 * What is taken for a word between voters, and what is refused and counted.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { seededRandom } from '#base/random'
import { step } from '#cluster/leader/election'
import { type Election, openElection } from '#cluster/leader/election-state'
import { readWord, VOTERS_MAX, type Word } from '#cluster/leader/election-words'
import { ELECTION_DEFAULTS } from '#contract'

const electorate = { term: 0, change: 0, voters: ['a', 'b', 'c'] }
const heartbeat = { kind: 'heartbeat', term: 3, round: 7, electorate } as const
const WORDS: readonly Word[] = [
  heartbeat,
  { kind: 'ask', pre: true, term: 3, round: 7, electorate },
  { kind: 'answer', pre: true, term: 3, round: 7, granted: true, boundMs: 1.5, electorate },
  { kind: 'ack', term: 3, round: 7, votersTerm: 0, votersChange: 0 },
  { kind: 'hello', term: 3, round: 7, life: 9 },
  { kind: 'known', term: 3, round: 7, life: 9, fresh: true, cold: false, electorate },
  { kind: 'resign', term: 3, round: 7, successor: '' },
  { kind: 'join', term: 3, round: 7 },
]

function voter(): Election {
  const { electionTimeoutMinMs, electionTimeoutMaxMs, heartbeatMs, clockDriftMax } =
    ELECTION_DEFAULTS
  const times = { electionTimeoutMinMs, electionTimeoutMaxMs, heartbeatMs, clockDriftMax }
  const settings = { ...times, self: 'a', voters: ['a', 'b', 'c'], isDurable: true }
  const election = openElection(settings, seededRandom(3))
  const ballot = { term: 5, votedFor: 'b', voters: undefined, votersTerm: 0, votersChange: 0 }
  step(election, { kind: 'start', ballot }, 1_000)
  return election
}

const hear = (election: Election, from: string, word: Word) =>
  step(election, { kind: 'word', from, word }, 1_001)

describe('a word between voters', () => {
  it('is read as it was said', () => {
    for (const word of WORDS) assert.equal(readWord(word), word)
  })

  it('is none when any part of it is missing or of another kind', () => {
    for (const word of WORDS) {
      for (const key of Object.keys(word)) {
        for (const wrong of [undefined, null, -1, Number.NaN, {}, [], '\u0000'.repeat(600)]) {
          assert.equal(readWord({ ...word, [key]: wrong }), undefined, `${word.kind} ${key}`)
        }
      }
    }
  })

  it('is none when it is no object, or of a kind that only prototypes have', () => {
    for (const wrong of [undefined, null, 1, 'ask', [], () => 1]) {
      assert.equal(readWord(wrong), undefined)
    }
    for (const kind of ['toString', '__proto__', 'constructor', '']) {
      assert.equal(readWord({ ...heartbeat, kind }), undefined)
    }
  })

  it('names each voter once, and not more than there may be', () => {
    const many = Array.from({ length: VOTERS_MAX + 1 }, (_, place) => `n${place}`)
    for (const voters of [[], ['a', 'a'], ['a', 7], ['a', ''], many, 'abc']) {
      const word = { ...heartbeat, electorate: { ...electorate, voters } }
      assert.equal(readWord(word), undefined)
    }
  })
})

describe('a voter', () => {
  it('refuses and counts a stranger, whatever it says', () => {
    const election = voter()
    for (const word of WORDS) {
      if (word.kind === 'join' || word.kind === 'hello') continue
      hear(election, 'x', { ...word, term: 50 })
    }
    assert.equal(election.counts.stranger, 6)
    assert.equal(election.term, 5)
    assert.equal(election.leader, undefined)
  })

  it('does not believe a term from the far future', () => {
    const election = voter()
    hear(election, 'b', { ...heartbeat, term: 3_000_000_000 })
    assert.equal(election.counts.future, 1)
    assert.equal(election.term, 5)
  })

  it('takes no voters that no leader can have made', () => {
    const election = voter()
    const counts = [
      { term: Number.MAX_SAFE_INTEGER, change: 0 },
      { term: 7, change: 0 },
      { term: 6, change: 1_000_001 },
    ]
    for (const [at, count] of counts.entries()) {
      const said = { term: 6, round: 1, electorate: { ...count, voters: ['b'] } }
      hear(election, 'b', { ...said, kind: 'known', fresh: false, cold: false, life: 1 })
      hear(election, 'b', { ...said, kind: 'ask', pre: true })
      hear(election, 'b', { ...said, kind: 'answer', pre: true, granted: false, boundMs: 0 })
      hear(election, 'b', { ...said, kind: 'heartbeat' })
      const { term: votersTerm, change: votersChange } = count
      hear(election, 'b', { kind: 'ack', term: 6, round: 1, votersTerm, votersChange })
      assert.equal(election.counts.future, 5 * (at + 1))
    }
    assert.deepEqual(election.electorate, electorate)
    assert.equal(election.term, 5)
  })

  it('comes into the term of the leader whose voters it takes', () => {
    const election = voter()
    const later = { term: 8, change: 1, voters: ['a', 'b'] }
    const known = { kind: 'known', round: 0, fresh: false, cold: false, life: 1 } as const
    hear(election, 'b', { ...known, term: 9, electorate: later })
    assert.deepEqual([election.electorate, election.term, election.votedFor], [later, 8, undefined])
  })

  it('tells a leader of the past which term it is', () => {
    const election = voter()
    const effects = hear(election, 'b', heartbeat)
    assert.equal(election.counts.past, 1)
    const [ack] = effects.filter(({ kind }) => kind === 'send')
    assert.ok(ack?.kind === 'send' && ack.word.kind === 'ack' && ack.word.term === 5)
  })

  it('does not follow whoever counts other voters', () => {
    const election = voter()
    const other = { ...electorate, voters: ['a', 'b', 'd'] }
    hear(election, 'b', { ...heartbeat, term: 6, electorate: other })
    assert.equal(election.counts['voters-differ'], 1)
    assert.equal(election.leader, undefined)
  })

  it('says nothing before it has its ballot', () => {
    const settings = { ...ELECTION_DEFAULTS, self: 'a', voters: ['a', 'b'], isDurable: true }
    const election = openElection(settings, seededRandom(1))
    const effects = hear(election, 'b', heartbeat)
    assert.deepEqual(effects, [{ kind: 'refused', from: 'b', cause: 'not-started' }])
  })

  it('sends its vote once the ballot is kept, not before', () => {
    const election = voter()
    const ask: Word = { kind: 'ask', pre: false, term: 6, round: 1, electorate }
    const at = 1_000 + ELECTION_DEFAULTS.electionTimeoutMinMs
    // Time passes in small steps: a jump of the clock ends no promise.
    for (let nowMs = 1_010; nowMs < at; nowMs += 10) step(election, { kind: 'tick' }, nowMs)
    const before = step(election, { kind: 'word', from: 'c', word: ask }, at)
    assert.deepEqual(
      before.filter(({ kind }) => kind === 'send'),
      [],
    )
    const save = before.find(({ kind }) => kind === 'save')
    assert.ok(save?.kind === 'save' && save.ballot.votedFor === 'c' && save.ballot.term === 6)
    const after = step(election, { kind: 'saved', id: save.id }, at + 1)
    const [answer] = after.filter(({ kind }) => kind === 'send')
    assert.ok(answer?.kind === 'send' && answer.word.kind === 'answer' && answer.word.granted)
  })
})
