import { Link, useSearchParams } from "react-router";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { PageHeading } from "@/components/ui/page-heading";
import { EmptyState } from "@/components/ui/empty-state";
import { Tabs, TabsContent, TabsList, TabsTrigger } from "@/components/ui/tabs";
import { Words } from "@/components/words";
import { OfferList } from "@/features/profile/components/offer-list";
import { PageTab } from "@/features/profile/components/page-tab";
import { SellingTab } from "@/features/profile/components/selling-tab";
import { useUser } from "@/lib/auth";
import { t } from "@/lib/i18n";
import { paths } from "@/lib/paths";

/** A mentor's own page and prices; which of these lies in the address. */
export function ProfilePage() {
  const { mentor } = useUser();
  const [search, setSearch] = useSearchParams();
  const wanted = search.get("tab");
  const tab = wanted === "offers" || wanted === "selling" ? wanted : "page";
  return (
    <div className="mx-auto grid max-w-3xl gap-6">
      <PageHeading title={t("Your profile")} />
      {mentor?.status === "applied" ? (
        <Alert tone="info" title={t("Nobody sees your profile yet")}>
          <Words
            text="Two of our curators have to accept <application>your application</application> first."
            parts={{ application: <Link to={paths.apply()} /> }}
          />
        </Alert>
      ) : null}
      {mentor === null ? (
        <EmptyState
          title={t("Only mentors have a profile")}
          action={
            <Button variant="secondary" asChild>
              <Link to={paths.apply()}>{t("Become a mentor")}</Link>
            </Button>
          }
        >
          {t("You book sessions with this account. Mentors offer them.")}
        </EmptyState>
      ) : (
        <Tabs
          className="min-w-0"
          value={tab}
          onValueChange={(chosen) => setSearch(chosen === "page" ? {} : { tab: chosen })}
        >
          <TabsList aria-label={t("Profile")}>
            <TabsTrigger value="page">{t("Page")}</TabsTrigger>
            <TabsTrigger value="offers">{t("Sessions and prices")}</TabsTrigger>
            <TabsTrigger value="selling">{t("Packages and groups")}</TabsTrigger>
          </TabsList>
          <TabsContent value="page">
            <PageTab />
          </TabsContent>
          <TabsContent value="offers" className="grid gap-5">
            <p className="text-ink-soft">
              <Words
                text="What you offer can be booked in the hours under <hours>Availability</hours>."
                parts={{
                  hours: (
                    <Link
                      to={paths.availability()}
                      className="text-accent underline underline-offset-4"
                    />
                  ),
                }}
              />
            </p>
            <OfferList />
          </TabsContent>
          <TabsContent value="selling">
            <SellingTab slug={mentor.slug} />
          </TabsContent>
        </Tabs>
      )}
    </div>
  );
}
