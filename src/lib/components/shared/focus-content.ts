/**
 * Where focus goes when a dialog opens: into its first field, else on the dialog itself, which is read out then. Never on a
 * button: a key that is pressed twice must not decide anything.
 */
export function focusContent(dialog: () => HTMLElement | null): (event: Event) => void {
  return (event) => {
    event.preventDefault();
    const field = dialog()?.querySelector<HTMLElement>('input:not([type=radio]), textarea, select');
    (field ?? dialog())?.focus({ preventScroll: true });
  };
}
