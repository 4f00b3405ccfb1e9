import { Link, useSearchParams } from "react-router";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { PageHeading } from "@/components/ui/page-heading";
import { EmptyState } from "@/components/ui/empty-state";
import { Tabs, TabsContent, TabsList, TabsTrigger } from "@/components/ui/tabs";
import { OfferList } from "@/features/profile/components/offer-list";
import { PageTab } from "@/features/profile/components/page-tab";
import { useUser } from "@/lib/auth";
import { paths } from "@/lib/paths";

/** A mentor's own page and prices; which of the two lies in the address. */
export function ProfilePage() {
  const { mentor } = useUser();
  const [search, setSearch] = useSearchParams();
  const tab = search.get("tab") === "offers" ? "offers" : "page";
  return (
    <div className="mx-auto grid max-w-3xl gap-6">
      <PageHeading title="Your profile" />
      {mentor?.status === "applied" ? (
        <Alert tone="info" title="Nobody sees your profile yet">
          Two of our curators have to accept <Link to={paths.apply()}>your application</Link> first.
        </Alert>
      ) : null}
      {mentor === null ? (
        <EmptyState
          title="Only mentors have a profile"
          action={
            <Button variant="secondary" asChild>
              <Link to={paths.apply()}>Become a mentor</Link>
            </Button>
          }
        >
          You book sessions with this account. Mentors offer them.
        </EmptyState>
      ) : (
        <Tabs
          value={tab}
          onValueChange={(chosen) => setSearch(chosen === "offers" ? { tab: "offers" } : {})}
        >
          <TabsList aria-label="Profile">
            <TabsTrigger value="page">Page</TabsTrigger>
            <TabsTrigger value="offers">Sessions and prices</TabsTrigger>
          </TabsList>
          <TabsContent value="page">
            <PageTab />
          </TabsContent>
          <TabsContent value="offers" className="grid gap-5">
            <p className="text-ink-soft">
              What you offer can be booked in the hours under{" "}
              <Link to={paths.availability()} className="text-accent underline underline-offset-4">
                Availability
              </Link>
              .
            </p>
            <OfferList />
          </TabsContent>
        </Tabs>
      )}
    </div>
  );
}
