import { useQuery } from "@tanstack/react-query";
import { useCallback, useState } from "react";
import { Link, useNavigate, useSearchParams } from "react-router";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { EmptyState } from "@/components/ui/empty-state";
import { ErrorState } from "@/components/ui/error-state";
import { PageHeading } from "@/components/ui/page-heading";
import { Loading, Skeleton } from "@/components/ui/skeleton";
import { packageAttempt, type Way } from "@/features/checkout/api/checkout";
import { enterCheckoutDocument } from "@/features/checkout/checkout-document";
import { PackageTicket } from "@/features/checkout/components/package-ticket";
import { PaymentChoice } from "@/features/checkout/components/payment-choice";
import { Settlement } from "@/features/checkout/components/settlement";
import { payablePackage } from "@/features/checkout/payable";
import type { ConfirmOut, OfferOut } from "@/lib/api-types";
import { useUser } from "@/lib/auth";
import { msg, t } from "@/lib/i18n";
import { packageOffersQuery } from "@/lib/packages";
import { paths } from "@/lib/paths";
import { useReadAnew } from "@/lib/sessions";

const TITLE = msg("Pay for your package");

type PackageCheckoutPageProps = { slug: string; offerId: string };

/** What is bought, and the same ways of paying as for a session. */
export function PackageCheckoutPage({ slug, offerId }: PackageCheckoutPageProps) {
  const [entered] = useState(() => enterCheckoutDocument());
  const { can_book: client } = useUser();
  const offers = useQuery(packageOffersQuery(slug));
  const offer = offers.data?.find(({ id }) => id === offerId);
  const back = (
    <Button variant="secondary" size="sm" asChild>
      <Link to={paths.mentor(slug)}>{t("To the mentor’s page")}</Link>
    </Button>
  );
  if (offers.isError && offers.data === undefined) {
    return (
      <Narrow>
        <ErrorState
          error={offers.error}
          onRetry={() => void offers.refetch()}
          retrying={offers.isFetching}
          action={back}
        />
      </Narrow>
    );
  }
  if (!entered || offers.data === undefined) return <PackageCheckoutSkeleton />;
  if (offer === undefined) {
    return (
      <Narrow>
        <EmptyState title={t("This package is not offered any more")} action={back}>
          {t("Nothing was charged. What you have bought already stays under your packages.")}
        </EmptyState>
      </Narrow>
    );
  }
  if (!client) {
    return (
      <Narrow>
        <Alert tone="warning" title={t("This account cannot book")}>
          {t("Packages are bought by clients. Sign in with a client’s account to buy this one.")}
        </Alert>
      </Narrow>
    );
  }
  return <PackageCheckout slug={slug} offer={offer} />;
}

function PackageCheckout({ slug, offer }: { slug: string; offer: OfferOut }) {
  const navigate = useNavigate();
  const readAnew = useReadAnew();
  const [search] = useSearchParams();
  const [way, setWay] = useState<Way>("stripe");
  const [submitting, setSubmitting] = useState(false);
  // Back from a bank's page: what was begun there is looked at, and nothing begun anew.
  const [taken, setTaken] = useState(() =>
    search.has("payment_intent") ? packageAttempt.read(offer.id) : null,
  );
  const leave = useCallback(
    (bought?: string) => {
      packageAttempt.forget(offer.id);
      readAnew();
      void navigate(paths.packages(bought === undefined ? {} : { bought }), { replace: true });
    },
    [navigate, offer.id, readAnew],
  );
  const decided = useCallback(
    ({ payment, package_id: id }: ConfirmOut) => {
      if (payment.status === "succeeded") leave(id ?? undefined);
    },
    [leave],
  );
  const stale = useCallback(() => leave(), [leave]);
  const again = useCallback(() => setTaken(null), []);
  return (
    <div className="grid gap-6">
      <PageHeading title={t(TITLE)} />
      <div className="grid items-start gap-6 lg:grid-cols-[minmax(0,1fr)_24rem] lg:gap-10">
        <div className="lg:sticky lg:top-24 lg:col-start-2 lg:row-start-1">
          <PackageTicket offer={offer} />
        </div>
        <div className="grid gap-4 lg:col-start-1 lg:row-start-1">
          {taken === null ? (
            <PaymentChoice
              payable={payablePackage(slug, offer)}
              way={way}
              onWay={setWay}
              busy={submitting}
              onTaken={setTaken}
              onSubmitting={setSubmitting}
              onStale={stale}
            />
          ) : (
            <Card>
              <Settlement
                paymentId={taken}
                what="package"
                open
                onDecided={decided}
                onAgain={again}
              />
            </Card>
          )}
          {taken === null ? (
            <Button variant="link" size="inline" asChild className="justify-self-start">
              <Link to={paths.mentor(slug)}>{t("To the mentor’s page")}</Link>
            </Button>
          ) : null}
        </div>
      </div>
    </div>
  );
}

function Narrow({ children }: { children: React.ReactNode }) {
  return (
    <div className="mx-auto grid max-w-2xl gap-4">
      <PageHeading title={t(TITLE)} />
      {children}
    </div>
  );
}

function PackageCheckoutSkeleton() {
  return (
    <Loading what={t("the package")} className="grid gap-6">
      <Skeleton className="h-9 w-72" />
      <div className="grid gap-6 lg:grid-cols-[minmax(0,1fr)_24rem] lg:gap-10">
        <Skeleton className="h-60 rounded-lg lg:col-start-2 lg:row-start-1" />
        <Skeleton className="h-96 rounded-lg lg:col-start-1 lg:row-start-1" />
      </div>
    </Loading>
  );
}
