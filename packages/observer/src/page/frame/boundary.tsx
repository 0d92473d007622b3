/**
 * page/frame/boundary: a view that fails says so in its place, and leaves the rest of the page.
 */
import { Component, type ComponentChildren } from 'preact'
import { Button, ProblemBox } from '#page/kit/basics'

interface Props {
  readonly children: ComponentChildren
}

export class Boundary extends Component<Props, { readonly fault: string | undefined }> {
  override state: { readonly fault: string | undefined } = { fault: undefined }

  static override getDerivedStateFromError(error: unknown): { readonly fault: string } {
    return { fault: error instanceof Error ? error.message : String(error) }
  }

  override componentDidCatch(error: unknown): void {
    console.error(error)
  }

  override render({ children }: Props): ComponentChildren {
    const { fault } = this.state
    if (fault === undefined) return children
    const problem = {
      code: 'VIEW_FAILED',
      message: `This view could not be drawn: ${fault}`,
      remedy: 'The rest of the page goes on. Please report it with what the console says.',
    }
    return (
      <ProblemBox problem={problem}>
        <Button onPress={() => this.setState({ fault: undefined })}>Draw it again</Button>
      </ProblemBox>
    )
  }
}
