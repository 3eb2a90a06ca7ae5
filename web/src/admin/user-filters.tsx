import { Choice } from '../form/choice.tsx';
import { strings } from '../strings.ts';
import { withChoice } from './list-query.ts';
import { SearchForm } from './search-form.tsx';

const words = strings.users;
const ALL = { '': strings.admin.all };

interface UserFiltersProps {
  address: URLSearchParams;
  onChange(address: URLSearchParams): void;
}

export function UserFilters({ address, onChange }: UserFiltersProps) {
  const choice = (name: string) => ({
    value: address.get(name) ?? '',
    onChoose: (value: string) => onChange(withChoice(address, name, value)),
  });
  return (
    <div className="filters">
      <SearchForm
        label={words.search}
        placeholder={words.searchPlaceholder}
        submit={words.submit}
        query={address.get('q') ?? ''}
        onSearch={choice('q').onChoose}
      />
      <fieldset className="filter-choices">
        <legend className="sr-only">{strings.admin.filter}</legend>
        <Choice label={words.role} options={{ ...ALL, ...words.roles }} {...choice('role')} />
        <Choice label={words.plan} options={{ ...ALL, ...words.plans }} {...choice('plan')} />
        <Choice label={words.state} options={{ ...ALL, ...words.states }} {...choice('disabled')} />
      </fieldset>
    </div>
  );
}
