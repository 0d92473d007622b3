/**
 * page/pages/process/told-text: a sentence of a node with its pids as links and its names of
 * messages as such. Foreign text stays text.
 */
import type { VNode } from 'preact'
import { PidLink } from '#page/kit/links'
import { textParts } from '#page/model/text-parts'

export function ToldText({ text }: { readonly text: string }): VNode {
  return (
    <>
      {textParts(text).map((part, place) => {
        if (part.kind === 'pid') return <PidLink key={place} pid={part.text} />
        return part.kind === 'code' ? <code key={place}>{part.text}</code> : part.text
      })}
    </>
  )
}
