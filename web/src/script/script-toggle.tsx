import { useObservable } from '../state/observable.ts';
import { useServices } from '../state/services.tsx';
import { strings } from '../strings.ts';
import { SCRIPTS } from './classical-script.ts';

export function ScriptToggle() {
  const { script: choice } = useServices();
  const { script } = useObservable(choice.state);
  return (
    <fieldset className="script-toggle">
      <legend className="sr-only">{strings.script.legend}</legend>
      {SCRIPTS.map((option) => (
        <label key={option} title={strings.script.hint[option]}>
          <input
            type="radio"
            name="script"
            value={option}
            checked={script === option}
            aria-label={strings.script.name[option]}
            onChange={() => choice.choose(option)}
          />
          <span aria-hidden="true">{strings.script.mark[option]}</span>
        </label>
      ))}
    </fieldset>
  );
}
