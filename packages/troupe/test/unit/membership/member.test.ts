/**
 * What is said of a node and what was found of it make one state.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import {
  type Member,
  type MemberChange,
  type MemberInput,
  memberStep,
  unknownMember,
} from '#cluster/membership/member'
import type { DetectorFinding } from '#contract'
import { LEGAL } from '#test/unit/membership/legal-steps'

type Saying = Extract<MemberInput, { readonly kind: 'said' }>['said']

const said = (what: Saying, creation = 1): MemberInput => ({
  ...{ kind: 'said', said: what, creation, reason: `said ${what}` },
})
const found = (kind: DetectorFinding['kind'], creation = 1): MemberInput => ({
  kind: 'found',
  finding: {
    ...{ kind, creation, reason: `found ${kind}` },
    ...{ roundTripMs: 1, loopDelayMs: 0, answeredMs: 5 },
  } as DetectorFinding,
})

/** Every state and life it came into, as `state life`. */
function story(...inputs: readonly MemberInput[]): readonly string[] {
  let member = unknownMember('b@host')
  const told: string[] = []
  for (const input of inputs) {
    const step = memberStep(member, input)
    told.push(...step.changes.map(({ state, creation }) => `${state} ${creation}`))
    member = step.member
  }
  return told
}

const JOINED = said('up')
const MET = [JOINED, found('connected')]
const KNOWN = [...MET, found('responding')]

/** What it was, what happens, and every state it comes into by that. */
const TABLE: readonly (readonly [
  string,
  readonly MemberInput[],
  MemberInput,
  readonly string[],
])[] = [
  ['unknown', [], said('up'), ['discovering 1']],
  ['unknown', [], said('suspect'), ['suspect 1']],
  ['unknown', [], said('leaving'), ['discovering 1']],
  ['unknown', [], said('lost'), []],
  ['unknown', [], said('left'), []],
  ['unknown', [], found('connected'), ['connected 1']],
  ['unknown', [], found('responding'), []],
  ['unknown', [], found('gone'), []],
  ['discovering', [JOINED], said('up'), []],
  ['discovering', [JOINED], said('suspect'), ['suspect 1']],
  ['discovering', [JOINED], said('leaving'), []],
  ['discovering', [JOINED], said('lost'), ['gone 1']],
  ['discovering', [JOINED], said('left'), ['gone 1']],
  ['discovering', [JOINED], said('up', 2), ['gone 1', 'discovering 2']],
  ['discovering', [JOINED], found('connected'), ['connected 1']],
  ['discovering', [JOINED], found('suspect'), []],
  ['discovering', [JOINED], found('gone'), []],
  ['discovering', [said('up', 0)], found('connected', 7), ['connected 7']],
  ['lost from sight', [said('suspect')], said('up'), ['discovering 1']],
  ['lost from sight', [said('suspect')], said('lost'), ['gone 1']],
  ['lost from sight', [said('suspect')], found('connected'), ['connected 1']],
  ['connected', MET, found('responding'), ['responding 1']],
  ['connected', MET, found('suspect'), ['suspect 1']],
  ['connected', MET, found('unresponsive'), ['unresponsive 1']],
  ['connected', MET, found('gone'), ['gone 1']],
  ['connected', MET, said('suspect'), []],
  ['connected', MET, said('lost'), []],
  ['connected', MET, said('left'), []],
  ['connected', MET, said('up', 2), []],
  ['responding', KNOWN, found('responding'), []],
  ['responding', KNOWN, found('suspect'), ['suspect 1']],
  ['responding', KNOWN, found('unresponsive'), ['unresponsive 1']],
  ['responding', KNOWN, found('gone'), ['gone 1']],
  ['responding', KNOWN, found('gone', 2), []],
  ['responding', KNOWN, found('connected', 2), ['gone 1', 'connected 2']],
  ['responding', KNOWN, said('lost'), []],
  ['responding', KNOWN, said('left'), []],
  ['suspect', [...KNOWN, found('suspect')], found('responding'), ['responding 1']],
  ['suspect', [...KNOWN, found('suspect')], found('unresponsive'), ['unresponsive 1']],
  ['suspect', [...KNOWN, found('suspect')], said('lost'), []],
  ['suspect', [...KNOWN, found('suspect')], found('gone'), ['gone 1']],
  ['unresponsive', [...KNOWN, found('unresponsive')], found('responding'), ['responding 1']],
  ['unresponsive', [...KNOWN, found('unresponsive')], said('lost'), []],
  ['unresponsive', [...KNOWN, found('unresponsive')], found('gone'), ['gone 1']],
  ['gone', [...KNOWN, found('gone')], said('lost'), []],
  ['gone', [...KNOWN, found('gone')], said('up'), ['discovering 1']],
  ['gone', [...KNOWN, found('gone')], said('up', 2), ['discovering 2']],
  ['gone', [...KNOWN, found('gone')], found('connected', 2), ['connected 2']],
  ['gone', [...KNOWN, found('gone')], found('connected'), ['connected 1']],
  ['gone', [...KNOWN, found('gone')], found('responding'), []],
  ['gone after leaving', [...KNOWN, said('leaving'), found('gone')], said('up'), []],
  [
    'gone after leaving',
    [...KNOWN, said('leaving'), found('gone')],
    said('up', 2),
    ['discovering 2'],
  ],
  ['left and met', [...KNOWN, said('left')], found('gone'), ['gone 1']],
  ['lost and met', [...KNOWN, said('lost')], found('gone'), ['gone 1']],
  ['a later life', [...KNOWN, said('up', 2)], found('gone'), ['gone 1', 'discovering 2']],
  ['a later life', [said('up', 2)], said('up', 1), []],
  ['a later life', [said('up', 2)], said('lost', 1), []],
  ['a later life', [said('up', 2)], said('suspect', 1), []],
  ['a later life', [said('up', 2), found('connected', 2)], found('connected', 1), []],
  ['a later life', [said('up', 2), found('connected', 2)], found('gone', 1), []],
  ['a later life', [said('up', 2), found('connected', 2)], found('suspect', 1), []],
  ['a later life, gone', [found('connected', 2), found('gone', 2)], said('up', 1), []],
]

describe('a member', () => {
  for (const [was, before, input, told] of TABLE) {
    const life = input.kind === 'said' ? input.creation : input.finding.creation
    const what = input.kind === 'said' ? `said ${input.said}` : `found ${input.finding.kind}`
    const comes = told.length === 0 ? 'stays' : `comes to ${told.join(', ')}`
    const past = before.length === 0 ? '' : ` (${before.length} inputs)`
    it(`that is ${was}${past}, ${what} of life ${life}: ${comes}`, () => {
      assert.deepEqual(story(...before, input).slice(story(...before).length), told)
    })
  }

  it('tells why it is in its state, and that it leaves', () => {
    const step = (member: Member, input: MemberInput): Member => memberStep(member, input).member
    let member = step(unknownMember('b@host'), JOINED)
    assert.equal(member.reason, 'said up')
    member = step(member, said('leaving'))
    assert.equal(member.leaving, true)
    member = step(step(member, found('connected')), found('gone'))
    assert.equal(member.reason, 'found gone')
    assert.equal(step(member, said('up', 2)).leaving, false)
  })

  it('gives as the end of a life what was found, or that a later one has come', () => {
    const end = (...inputs: readonly MemberInput[]): string | undefined => {
      let member = unknownMember('b@host')
      let reason: string | undefined
      for (const input of inputs) {
        const { member: next, changes } = memberStep(member, input)
        reason = changes.find(({ state }) => state === 'gone')?.reason ?? reason
        member = next
      }
      return reason
    }
    assert.equal(end(...KNOWN, said('up', 2), found('gone')), 'found gone')
    assert.equal(end(...KNOWN, found('connected', 2)), 'a later life of it has come')
    assert.equal(end(JOINED, said('up', 2)), 'a later life of it has come')
  })
})

const creations = fc.integer({ min: 0, max: 3 })
const inputs = fc.oneof(
  fc
    .tuple(fc.constantFrom<Saying>('up', 'suspect', 'left', 'lost', 'leaving'), creations)
    .map(([what, creation]) => said(what, creation)),
  fc
    .tuple(
      fc.constantFrom('connected', 'responding', 'suspect', 'unresponsive', 'gone' as const),
      fc.integer({ min: 1, max: 3 }),
    )
    .map(([kind, creation]) => found(kind as DetectorFinding['kind'], creation)),
)

/** A model beside the machine: which life the network has a connection with. */
class Line {
  creation = 0

  take(input: MemberInput): void {
    if (input.kind === 'said') return
    const { kind, creation } = input.finding
    if (kind === 'connected') this.creation = Math.max(creation, this.creation)
    else if (kind === 'gone' && creation === this.creation) this.creation = 0
  }
}

function judge(change: MemberChange, before: Member, input: MemberInput, line: number): void {
  assert.ok(LEGAL[before.state ?? 'unknown'] !== undefined)
  if (change.state !== 'gone') return
  // The contract: it left, was lost, never came, or another life of it is here.
  const isSaid =
    input.kind === 'said' && ['left', 'lost', 'up', 'suspect', 'leaving'].includes(input.said)
  const isFound = input.kind === 'found' && ['gone', 'connected'].includes(input.finding.kind)
  assert.ok(isSaid || isFound)
  if (input.kind === 'said') assert.equal(line, 0, 'what is said ends no connection')
}

describe('a member whatever happens', () => {
  it('comes only into states that may follow, tells each once, and each life an end', () => {
    fc.assert(
      fc.property(fc.array(inputs, { maxLength: 40 }), (sequence) => {
        let member = unknownMember('b@host')
        let last: MemberChange | undefined
        const line = new Line()
        for (const input of sequence) {
          const wasLine = line.creation
          line.take(input)
          const { member: next, changes } = memberStep(member, input)
          for (const change of changes) {
            judge(change, member, input, wasLine)
            const from = last?.state ?? 'unknown'
            assert.equal(change.before ?? 'unknown', from, 'what was before is what was told')
            assert.ok(LEGAL[from].includes(change.state), `${from} to ${change.state}`)
            const isOtherLife =
              last !== undefined && last.creation !== 0 && change.creation !== last.creation
            if (isOtherLife) assert.equal(last?.state, 'gone')
            last = change
          }
          assert.equal(next.state, last?.state)
          if (line.creation !== 0) {
            assert.equal(next.creation, line.creation, 'a connection is with the life it is with')
            assert.notEqual(next.state, 'gone')
            assert.notEqual(next.state, 'discovering')
          }
          member = next
        }
      }),
      { numRuns: 2_000, seed: 5 },
    )
  })
})
