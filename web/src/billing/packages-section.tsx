import { Link } from 'wouter';
import { ProfileSection } from '../profile/profile-section.tsx';
import { strings } from '../strings.ts';
import { formatFen } from './amounts.ts';
import { PackageWords } from './package-words.tsx';
import { usePackages } from './use-packages.ts';

const words = strings.recharge;

/** What can be bought, each leading to where it is. Nothing where nothing can be. */
export function PackagesSection() {
  const { packages, closed } = usePackages();
  if (packages === null || packages.length === 0 || closed) return null;
  return (
    <ProfileSection title={words.packages} lead={words.packagesLead}>
      <ul className="package-list">
        {packages.map((one) => (
          <li key={one.id}>
            <Link href={`/account/recharge?package=${one.id}`} className="package">
              <PackageWords one={one} />
              <span className="package-price">{formatFen(one.amountFen)}</span>
            </Link>
          </li>
        ))}
      </ul>
    </ProfileSection>
  );
}
