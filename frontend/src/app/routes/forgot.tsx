export { Component } from "@/app/routes/not-found";
