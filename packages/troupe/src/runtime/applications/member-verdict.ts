/**
 * runtime/applications/member-verdict: what the end of a member means for its application.
 *
 * Pure. What is done about it is the work of the table.
 *
 * @source ergo-features 14 (modes); OTP "application: start types"
 */
import { type ApplicationMode, type ExitReason, isCalm } from '#contract'

/**
 *                  calm end       abnormal end   the last member ends
 *     temporary    go on          go on          stop
 *     transient    go on          stop           stop
 *     permanent    stop           stop           stop
 */
export function verdictAfterMember(
  mode: ApplicationMode,
  reason: ExitReason,
  membersLeft: number,
): 'go-on' | 'stop' {
  if (membersLeft === 0) return 'stop'
  switch (mode) {
    case 'temporary':
      return 'go-on'
    case 'transient':
      return isCalm(reason) ? 'go-on' : 'stop'
    case 'permanent':
      return 'stop'
  }
}
